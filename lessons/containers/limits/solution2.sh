docker run -d --name small -m 64m --cpus 0.5 busybox sleep 1d
docker stats --no-stream small
docker exec small cat /sys/fs/cgroup/memory.max
docker exec small cat /sys/fs/cgroup/cpu.max
docker update -m 128m --memory-swap 128m small
docker exec small cat /sys/fs/cgroup/memory.max
