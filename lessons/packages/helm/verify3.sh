[ "$(kubectl get deployment front-shop -o jsonpath='{.spec.replicas} {.spec.template.spec.containers[0].image}' 2>/dev/null)" = "2 nginx:1.27" ] || { echo "front-shop is not back at two replicas of nginx:1.27."; exit 1; }
helm history front 2>/dev/null | grep -q Rollback || { echo "The history shows no rollback: helm has a command for it."; exit 1; }
