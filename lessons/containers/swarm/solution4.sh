docker service update --image nginx:alpine --update-parallelism 2 --update-delay 2s web
docker service ps web
docker service rollback web
docker service inspect -f '{{.Spec.TaskTemplate.ContainerSpec.Image}}' web
docker service rm web
