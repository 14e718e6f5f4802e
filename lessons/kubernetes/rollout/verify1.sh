[ "$(kubectl get deployment kubia -o jsonpath='{.spec.template.spec.containers[0].image}' 2>/dev/null)" = luksa/kubia:v2 ] || { echo "The Deployment does not ask for luksa/kubia:v2 yet."; exit 1; }
[ "$(kubectl get deployment kubia -o jsonpath='{.status.updatedReplicas}/{.status.readyReplicas}/{.status.replicas}')" = 3/3/3 ] || { echo "The update is not through yet."; exit 1; }
