sh etcd.sh snapshot save /opt/snapshot.db
etcdutl snapshot status /opt/snapshot.db -w table
