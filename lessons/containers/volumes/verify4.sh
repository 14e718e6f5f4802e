[ "$(docker volume ls -qf name=notes)" = notes ] || { echo "There is no volume notes."; exit 1; }
docker run --rm -v notes:/data busybox test -s /data/when || { echo "The volume notes holds no file when."; exit 1; }
