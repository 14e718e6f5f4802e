for name in db1 db2; do docker inspect $name >/dev/null 2>&1 && { echo "$name is still there."; exit 1; }; done
[ "$(docker run --rm --volumes-from dbstore busybox cat /dbdata/note 2>/dev/null)" != "" ] || { echo "There is no note in dbstore's volume."; exit 1; }
