package main

import "fmt"

// configText is the configuration file that gwm init writes: every key with its
// default and what it means.
func configText(dataDir string) string {
	return fmt.Sprintf(`# Configuration of gwm. Every key may be left out; what stands here are the
# defaults. Times are written 30s, 10m, 12h. Relative paths count from data_dir.
# No password belongs in here: the store keeps them, sealed.

# Where the store (gwm.db) and everything below live. Mode 0700, owned by the
# user that gwm runs as. The variable GWM_DATA_DIR wins over this key.
data_dir: %q

# The keys that seal the passwords in the store. Keep a copy apart from backups.
master_key_file: master.key

# Unix socket through which root and gwm's own user work with a running server.
control_socket: control.sock

ssh:
  # Address and port. ":2222" is every address of this machine.
  listen: ":2222"
  # Keys that the server shows; they are made where they are missing.
  host_key_dir: host_keys
  # Authorities whose user certificates let people in, as lines of an
  # authorized_keys file, and the certificates that do not ("serial: 5",
  # "serial: 5-9", "id: NAME" lines). Empty: no certificates.
  user_ca_keys_file: ""
  revoked_file: ""
  # A text that is shown before the login. Empty: none.
  banner_file: ""

limits:
  # From the connection to the end of the login.
  handshake: 10s
  # Connections that have not logged in yet, of one address and of all: from
  # start on new ones are refused with a probability of rate percent, which grows
  # to certainty at full.
  per_source: {start: 10, rate: 30, full: 60}
  total: {start: 200, rate: 30, full: 1000}
  # Keys that one connection may try.
  auth_tries: 6
  # After so many connections without a login an address is blocked, each time
  # twice as long.
  block_after: 5
  block_for: 15m
  block_max: 24h
  # Addresses and networks that are neither counted nor blocked.
  exempt: []
  # Sessions at once on one connection, of one user, of all.
  channels: 4
  sessions_per_user: 10
  sessions: 2000
  # A session ends without input for so long, and warns before.
  idle: 30m
  idle_warning: 2m
  # A session ends after so long, however busy.
  session: 12h
  # How often a client is asked whether it is there, and how many answers it may
  # miss.
  keep_alive: 30s
  keep_alive_misses: 3
  # How long sessions may take to end when the server stops.
  stop: 5s

jobs:
  # Jobs that run on one cluster at once, and jobs of one user that may wait.
  per_cluster: 4
  per_user: 200
  # How long finished jobs are kept.
  keep: 720h
  # Write who owns a VM and who holds rights on it as tags (gwm:...) on the
  # cluster, so that a lost store can be rebuilt from there.
  owner_tags: true

poll:
  # How often a cluster is asked: while jobs run there, while somebody looks at
  # it, otherwise; and the whole inventory, however little changed.
  busy: 2s
  looked: 5s
  idle: 30s
  full: 30m
  # The longest pause between attempts at a cluster that does not answer.
  backoff_max: 2m

# Whether people without an account may ask for one (ssh register@HOST): closed,
# or approval: they wait until an administrator says yes (gwm applicant list).
registration: closed

# Whether people must have a second factor (gwm totp begin), a code of an app that
# is asked for before what destroys something: optional, or administrators: site
# administrators cannot do that without one.
second_factor: optional

# A directory (LDAP) whose people may log in with its passwords. An account is
# made at the first login; keys work beside it, also while it does not answer.
ldap:
  # ldaps://HOST, or ldap://HOST with starttls. Empty: no passwords. ldap:// alone
  # sends passwords in clear and needs insecure: true.
  url: ""
  starttls: false
  insecure: false
  # Authorities (PEM) that may sign its certificate. Empty: those of the system.
  ca_file: ""
  # The name with which gwm looks people up, and the file with its password, which
  # others may not read. Empty: anonymously.
  bind_dn: ""
  bind_password_file: ""
  # Where people are; %%s is what they log in as. Of the name only lower case counts.
  user_base: ""
  user_filter: "(uid=%%s)"
  name_attribute: uid
  full_name_attribute: cn
  # Where groups are; %%s is the entry of the person, %%u their name. Empty: groups
  # are not looked at.
  group_base: ""
  group_filter: "(member=%%s)"
  group_name_attribute: cn
  # Put people into groups of the same names here, at each login. Groups that were
  # made here by hand are left alone.
  mirror_groups: false
  # Who may log in, who may not, and who is site administrator (and, of the people
  # of the directory, nobody else). Empty: everybody, nobody, as it is said here.
  require_group: ""
  deny_group: ""
  admin_group: ""
  # How long one login may wait for it.
  timeout: 5s

audit:
  # How long audit records are kept, at least: 400d or 9600h; 0 is for ever. What
  # is older is pruned daily, a bounded part of it at once, and the rest still
  # proves that nothing else is missing.
  keep: "0"

web:
  # Address and port of the HTTPS listener: screens of VMs are shown in browsers
  # there, and machines fetch the keys of who may log in to them. As it is here only
  # this machine reaches it; ":8889" is for everybody, off for nobody.
  listen: 127.0.0.1:8889
  # How browsers reach it, for example https://gwm.example.org:8889. Empty: by the
  # address above, for every address of the machine by its name.
  public_url: ""
  # PEM files of its certificate, with those above it, and of the key. They are
  # read again when they change. Empty: web.crt and web.key, made where they are
  # missing and signed by nobody; the log shows what clients must trust.
  certificate: ""
  key: ""
  # Whether a token's secret may come in the address, as older OS hooks send it.
  # Addresses end in logs of others: better switch it off.
  path_secrets: true
  limits:
    # Connections open at once, and of them those of one source: an IPv4 address
    # or an IPv6 /64.
    connections: 256
    per_source: 32
    # So many (burst) at once, and one more for each time (every) that passes:
    # requests of one source, wrong secrets of one source, which then waits
    # whatever it sends, and requests with one token.
    requests: {burst: 60, every: 1s}
    failures: {burst: 10, every: 1m}
    token: {burst: 120, every: 500ms}
    # How long a request may take to arrive; for the answer it is twice as long.
    timeout: 15s

console:
  # Serial consoles and screens of VMs. false: nobody sits at one.
  enabled: true
  # Where recordings of serial consoles lie, encrypted, of the clusters that want
  # them (gwm cluster edit --recording), and how long they are kept: 90d or 2160h;
  # 0 is for ever.
  recordings: recordings
  keep: "0"
  # Ports of this machine, also with a proxy, for ordinary VNC viewers (gwm vm vnc --viewer): the address that they are
  # opened on (empty: none), the name that viewers know it by, and the range. What
  # goes through them is not encrypted: off the loopback only in a network of yours.
  forward:
    listen: 127.0.0.1
    host: ""
    ports: 7000-8000
  # Control channel for programs such as Ganeti Web Manager that ask for a port in
  # a line of JSON: an address such as 127.0.0.1:8888, or the path of a Unix socket.
  # Empty: none. Who may use it reaches every screen that it leads to.
  control:
    listen: ""
    # What callers over TCP must show as "auth": a file that only its owner, and at
    # most its group, may read.
    secret_file: ""
    # PEM file with the authorities that sign certificates of callers, read again when
    # it changes. With it callers speak TLS with web.certificate, and who shows a
    # certificate needs no secret; without secret_file all must show one.
    client_ca: ""
    # Where ports may lead, beside the screens of the clusters' nodes: for example
    # [vnc.example.org:5900-6100, 192.0.2.0/24:11000-14999].
    allow: []
    # Ask nobody for a secret and let passwords be used again, as
    # TwistedVNCAuthProxy does: everybody on this machine reaches all screens.
    compat: false
  # A host that reaches the nodes where gwm does not (gwm consoleproxy runs there):
  # HOST:PORT, and the fingerprint that gwm consoleproxy init shows. Empty: none.
  proxy:
    address: ""
    fingerprint: ""

log:
  # To standard error: text, json, journal (lines with a priority for systemd),
  # or auto: text on a terminal, journal under systemd, json otherwise.
  format: auto
  # debug, info, warn or error.
  level: info
`, dataDir)
}
