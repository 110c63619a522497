/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/tls.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t/unit/test.h"

unsigned tls_bind(int fd)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof address;

	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	return ntohs(address.sin_port);
}

/* openssl(1) with these arguments; its output can be read from *out. */
static pid_t openssl(char *const argv[], int *out)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], STDOUT_FILENO);
		dup2(open("/dev/null", O_RDWR), STDERR_FILENO);
		execvp("openssl", argv);
		_exit(127);
	}
	close(ends[1]);
	*out = ends[0];
	return pid;
}

static int make_certificate(struct tls_server *tls)
{
	char *const make[] = {(char *)"openssl",
	                      (char *)"req",
	                      (char *)"-x509",
	                      (char *)"-newkey",
	                      (char *)"ec",
	                      (char *)"-pkeyopt",
	                      (char *)"ec_paramgen_curve:prime256v1",
	                      (char *)"-nodes",
	                      (char *)"-subj",
	                      (char *)"/CN=self",
	                      (char *)"-addext",
	                      (char *)"subjectAltName=IP:127.0.0.1",
	                      (char *)"-keyout",
	                      tls->key,
	                      (char *)"-out",
	                      tls->certificate,
	                      NULL};
	char *const print[] = {(char *)"openssl", (char *)"x509",         (char *)"-in",     tls->certificate,
	                       (char *)"-noout",  (char *)"-fingerprint", (char *)"-sha256", NULL};
	char said[256] = "";
	int out, status;
	pid_t pid = openssl(make, &out);

	waitpid(pid, &status, 0);
	close(out);
	if (status != 0)
		return -1;
	pid = openssl(print, &out);
	waitpid(pid, &status, 0);
	if (read(out, said, sizeof said - 1) > 0 && strchr(said, '=') != NULL)
		snprintf(tls->fingerprint, sizeof tls->fingerprint, "%.*s", (int)strcspn(strchr(said, '=') + 1, "\n"),
		         strchr(said, '=') + 1);
	close(out);
	return 0;
}

/* Answers each request on the connection that it came on. */
static void tls_serve(int fd, SSL_CTX *context)
{
	for (;;) {
		int accepted = accept(fd, NULL, NULL);
		SSL *ssl = SSL_new(context);
		char request[4096];

		SSL_set_fd(ssl, accepted);
		if (SSL_accept(ssl) == 1)
			while (SSL_read(ssl, request, sizeof request) > 0)
				SSL_write(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 38);
		SSL_free(ssl);
		close(accepted);
	}
}

int tls_begin(struct tls_server *tls)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	snprintf(tls->folder, sizeof tls->folder, "/tmp/curfew-tls-XXXXXX");
	assert_non_null(mkdtemp(tls->folder));
	snprintf(tls->certificate, sizeof tls->certificate, "%s/cert.pem", tls->folder);
	snprintf(tls->key, sizeof tls->key, "%s/key.pem", tls->folder);
	tls->port = tls_bind(fd);
	if (make_certificate(tls) < 0 ||
	    SSL_CTX_use_certificate_file(context, tls->certificate, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(context, tls->key, SSL_FILETYPE_PEM) != 1 || listen(fd, 64) < 0)
		return -1;
	tls->pid = fork();
	if (tls->pid == 0) {
		pid_t parent = getpid();

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGCHLD, SIG_IGN);
		/* Each connection has a process, as they stay open. */
		for (int i = 0; i < 7; i++)
			if (fork() == 0) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				if (getppid() != parent) /* it was ended before we asked to end with it */
					_exit(0);
				break;
			}
		tls_serve(fd, context);
	}
	close(fd);
	SSL_CTX_free(context);
	return 0;
}

/* Nothing is left, however the test ends. */
void tls_forget_files(const struct tls_server *tls)
{
	unlink(tls->certificate);
	unlink(tls->key);
	rmdir(tls->folder);
}

void tls_end(struct tls_server *tls)
{
	if (tls->pid > 0) {
		kill(tls->pid, SIGKILL);
		waitpid(tls->pid, NULL, 0);
	}
}
