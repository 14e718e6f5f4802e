kubectl taint nodes controlplane node-role.kubernetes.io/control-plane:NoSchedule-
kubectl label node controlplane topology.kubernetes.io/zone=east --overwrite
kubectl label node node01 topology.kubernetes.io/zone=west --overwrite
