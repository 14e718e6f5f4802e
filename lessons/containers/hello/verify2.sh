count=$(docker ps -a --filter ancestor=busybox -q | wc -l)
[ "$count" -ge 2 ] || { echo "There should be two containers made from busybox, there is $count."; exit 1; }
