revision=$(kubectl get deployment kubia -o jsonpath='{.metadata.annotations.deployment\.kubernetes\.io/revision}' 2>/dev/null)
[ "${revision:-0}" -ge 3 ] || { echo "Update the image and undo it: the Deployment should have reached its third revision, it is at ${revision:-0}."; exit 1; }
[ "$(kubectl get deployment kubia -o jsonpath='{.spec.template.spec.containers[0].image}')" = luksa/kubia:v1 ] || { echo "The Deployment does not run luksa/kubia:v1 again."; exit 1; }
