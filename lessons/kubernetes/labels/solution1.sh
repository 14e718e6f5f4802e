kubectl create -f kubia-manual-v2.yaml
kubectl run plain --image=luksa/kubia --labels=""
kubectl label pod plain env=debug
kubectl wait --for=condition=Ready pod --all --timeout=120s
