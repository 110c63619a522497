# SPDX-License-Identifier: GPL-3.0-or-later
# snmp.yml in the form that the exporter had before 0.23 (Debian 12).
s/from version 0.23 on (Debian 13).  snmp-0.21.yml is the same for Debian 12\./before version 0.23 (Debian 12)./
/^auths:/,/^modules:/d
s/^  //
/^curfew.*:$/a\
  version: 3\
  auth:\
    # The account that snmpd.conf lets in; the passwords are those of createUser.\
    username: curfew-monitor\
    security_level: authPriv\
    auth_protocol: SHA256\
    password: CHANGE-ME\
    priv_protocol: AES\
    priv_password: CHANGE-ME
