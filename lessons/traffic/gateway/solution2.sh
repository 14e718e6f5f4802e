kubectl apply -f door.yaml
sh ask.sh /tea
sed -i 's/parentRefs: .*/parentRefs: [{name: door}]/' route.yaml
kubectl apply -f route.yaml
sleep 5
sh ask.sh /tea
