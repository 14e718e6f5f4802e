[ "$(kubectl get deployment kubia -o jsonpath='{.spec.template.spec.containers[0].image}' 2>/dev/null)" = luksa/kubia:v22 ] || { echo "Ask for the image luksa/kubia:v22."; exit 1; }
[ "$(kubectl get deployment kubia -o jsonpath='{.status.readyReplicas}')" = 3 ] || { echo "Three old Pods should still be ready."; exit 1; }
kubectl get pods -o jsonpath='{.items[*].status.containerStatuses[0].state.waiting.reason}' | grep -q -e ImagePullBackOff -e ErrImagePull || { echo "No Pod has tried to pull the image yet."; exit 1; }
