docker image inspect busybox >/dev/null 2>&1 || { echo "The busybox image is not on your machine yet."; exit 1; }
docker ps -a --filter ancestor=busybox -q | grep -q . || { echo "No container was started from busybox yet."; exit 1; }
