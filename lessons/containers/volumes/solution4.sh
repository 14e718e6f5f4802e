docker volume create notes
docker run --rm -v notes:/data busybox sh -c 'date > /data/when'
docker run --rm -v notes:/data:ro busybox cat /data/when
docker run --rm -v notes:/data:ro busybox touch /data/x
docker volume prune -f
docker volume ls
