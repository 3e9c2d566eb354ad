#!/usr/bin/env python3
"""Fills a fresh test-bed cluster through RAPI (standard library only).

seed.py URL USER PASSWORD CLUSTER DOMAIN KVM(0|1) NODES
"""
import base64, json, ssl, sys, time, urllib.error, urllib.request

url, user, password, cluster, domain, kvm, nnodes = sys.argv[1:8]
kvm, nnodes = kvm == "1", int(nnodes)
ctx = ssl._create_unverified_context()
auth = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
D = f"{cluster}.{domain}"
ARGS = "console=tty0 quiet mitigations=off panic=10"


def rapi(method, path, body=None):
    req = urllib.request.Request(url + path, method=method,
                                 data=None if body is None else json.dumps(body).encode())
    req.add_header("Authorization", auth)
    req.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(req, context=ctx, timeout=60) as r:
            return json.load(r)
    except urllib.error.HTTPError as e:
        sys.exit(f"{method} {path}: {e.code} {e.read().decode()}")


jobs = []


def submit(what, method, path, body=None):
    j = rapi(method, path, body)
    print("job", j, what, flush=True)
    jobs.append((j, what))
    return j


def wait(only=None):
    """Waits for all jobs submitted so far (or for the given ones)."""
    bad, todo = 0, [x for x in jobs if only is None or x[0] in only]
    while todo:
        state = {str(d["id"]): d for d in rapi("GET", "/2/jobs?bulk=1")}
        for j, what in list(todo):
            d = state[str(j)]
            if d["status"] not in ("success", "error", "canceled"):
                continue
            print("job", j, what, d["status"], "" if d["status"] == "success" else rapi("GET", f"/2/jobs/{j}")["opresult"], flush=True)
            bad += d["status"] != "success"
            todo.remove((j, what))
            jobs.remove((j, what))
        if todo:
            time.sleep(0.7)
    if bad:
        sys.exit(f"{bad} job(s) failed")


def node(i):
    """The third one stays empty: tests have VMs of theirs leave it."""
    return f"node{min(i, nnodes, 2)}.{D}"


def create(name, hyp, pnode, template="diskless", disks=(), os="noop", start=True, hv=None, be=None, nics=None, tags=(), osp=None):
    if hyp == "kvm":        # the guest shows its name in the prompt
        hv = dict(hv or {}, kernel_args=f"{ARGS} gwm_name={name}")
    submit(f"create {name}", "POST", "/2/instances", {
        "__version__": 1, "mode": "create", "instance_name": f"{name}.{D}",
        "hypervisor": hyp, "pnode": node(pnode), "disk_template": template,
        "disks": [{"size": s} for s in disks],
        "nics": [{"mode": "bridged", "link": "br0"}] if nics is None else nics,
        "os_type": os, "osparams": osp or {}, "hvparams": hv or {}, "beparams": be or {},
        "start": start, "ip_check": False, "name_check": True, "wait_for_sync": False,
        "tags": list(tags)})


big = cluster == "alpha"
# group-wide changes first: they fail with wrong_state when an instance of the
# group is created while they wait for their locks
if big:
    submit("network lan", "POST", "/2/networks", {
        "network_name": "lan", "network": "10.80.0.0/24", "gateway": "10.80.0.1", "tags": ["testbed"]})
    wait()
    submit("connect lan", "PUT", "/2/networks/lan/connect", {
        "group_name": "default", "network_mode": "bridged", "network_link": "br0"})
else:
    # so that the ssh console answers of this cluster have a "port"
    submit("group ssh_port", "PUT", "/2/groups/default/modify", {"ndparams": {"ssh_port": 22}})
wait()
create("old1", "fake", 1, "diskless", start=False, nics=[])
first = [jobs[-1][0]]
create("web1", "fake", 1, "sharedfile", [128], be={"vcpus": 2, "minmem": 128, "maxmem": 256}, tags=["web", "env:prod"])
create("web2", "fake", 2, "sharedfile", [128], os="gwmtest+small", osp={"greeting": "hello"}, tags=["web"])
create("db1", "fake", 1, "file", [256, 512], os="gwmtest+big",
       be={"vcpus": 4, "maxmem": 512, "minmem": 512}, tags=["db", "env:prod"])
if big:
    create("web3", "fake", 3, "diskless", start=False)
    create("cache1", "fake", 3, "diskless", be={"auto_balance": False})
    create("db2", "fake", 2, "sharedfile", [128], nics=[{"network": "lan", "ip": "pool"}], tags=["db"])
    create("build1", "fake", 2, "diskless", tags=["broken"])
    submit("tag cluster", "PUT", "/2/tags?tag=testbed&tag=env:test")
    submit("tag node", "PUT", f"/2/nodes/{node(2)}/tags?tag=rack:r1")
    submit("group rack2", "POST", "/2/groups", {"group_name": "rack2", "alloc_policy": "last_resort"})
wait(first)
submit("old1 offline", "PUT", f"/2/instances/old1.{D}/modify", {"offline": True})
# the kvm instances last: they need about 5 s of processor each to boot (emulated)
if kvm:
    vnc = {"serial_console": False, "vnc_bind_address": "0.0.0.0"}
    create("vm-serial", "kvm", 1, be={"vcpus": 1}, tags=["console:serial"])
    create("vm-vnc", "kvm", 1, hv=vnc, tags=["console:vnc"])
    if big:
        create("vm-vnclocal", "kvm", 2, hv=dict(vnc, vnc_bind_address="127.0.0.1"), tags=["console:vnc"])
        create("vm-vncpw", "kvm", 2, hv=dict(vnc, vnc_password_file="/etc/ganeti/vnc-cluster-password"), tags=["console:vnc"])
        create("vm-both", "kvm", 3, "sharedfile", [64], hv={"vnc_bind_address": "0.0.0.0"},
               tags=["console:serial", "console:vnc"])
        create("vm-file", "kvm", 3, "file", [64], start=False)
wait()
if nnodes > 1:
    # init made a pool of one, which keeps the jobs above from being replicated
    submit("candidate pool", "PUT", "/2/modify", {"candidate_pool_size": 2})
    wait()
    # else Ganeti does not let node2 go without a promotion of node3
    for k in range(3, nnodes + 1):
        submit(f"node{k} is no candidate", "POST", f"/2/nodes/node{k}.{D}/modify", {"master_capable": False})
    wait()
    submit("promote node2", "PUT", f"/2/nodes/{node(2)}/role", "master-candidate")
    wait()
# one job that ends with an error, for the job list
j = rapi("PUT", f"/2/instances/old1.{D}/startup")
print("job", j, "startup of an offline instance (meant to fail)")
