#!/usr/bin/env bash
# distributed 2026.8.0 (Dask): a local cluster without a dashboard.
# One would guess:  dashboard_address=None, which the documentation gives for "no dashboard", opens no port for one.
# What happens:     a web server listens all the same; only the pages of the dashboard are left out.  Two clusters on one
#                   machine get in each other's way by it, and 127.0.0.1:0 is what gives a port that nobody else has.
# Output seen:      listening for the scheduler and for what else: 2
# Exits with another status than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet distributed==2026.8.0
cat >"$folder/ports.py" <<'PYTHON'
import psutil
from distributed import LocalCluster

if __name__ == "__main__":
    options = {"n_workers": 0, "processes": False, "protocol": "tcp", "host": "127.0.0.1"}
    with LocalCluster(dashboard_address=None, **options):
        ports = {c.laddr.port for c in psutil.Process().net_connections("tcp") if c.status == "LISTEN"}
        print("listening for the scheduler and for what else:", len(ports))
PYTHON
seen=$("$folder/venv/bin/python" "$folder/ports.py" 2>/dev/null)
echo "$seen"
[ "$seen" = "listening for the scheduler and for what else: 2" ]
