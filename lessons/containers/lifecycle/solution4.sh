docker run -d --name flaky --restart=on-failure:3 busybox sh -c 'sleep 1; exit 1'
sleep 15
docker inspect -f '{{.RestartCount}} restarts, {{.State.Status}}' flaky
docker rm clock polite flaky
