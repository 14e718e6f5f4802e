docker run --name greedy -m 32m busybox tail /dev/zero
docker inspect -f '{{.State.ExitCode}} OOMKilled={{.State.OOMKilled}}' greedy
