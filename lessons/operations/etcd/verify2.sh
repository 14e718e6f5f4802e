etcdutl snapshot status /opt/snapshot.db >/dev/null 2>&1 || { echo "There is no snapshot in /opt/snapshot.db."; exit 1; }
