# SPDX-License-Identifier: GPL-3.0-or-later
# usage: zsh -f t/lib/complete.zsh FOLDER OUT LINE...     (by t/completion-zsh.t)
# Starts a zsh on a terminal, types each LINE and TAB, and has written to OUT for each: "offer WORD" for what
# the completion of FOLDER adds, and "line TEXT" for what then stands on the line.
zmodload zsh/zpty || exit 1
export COMPLETIONS=$1 OUT=$2
shift 2
zpty shell 'zsh -f -i'
zpty -w shell 'PS1=; source ${COMPLETE_SETUP}'
# Until it reads keys one by one: what is typed before is for the shell itself.
until [[ -e $OUT.ready ]]; do zpty -r -t shell junk || sleep 0.05; done
for line; do
	# A line ends the shell's last one, and is not run.
	zpty -n -w shell "$line"$'\t\x18'
done
zpty -n -w shell $'\x04'
while zpty -r shell junk; do :; done
