for i in $(seq 30); do sh ask.sh /tea; done | sort | uniq -c
kubectl patch httproute shops --type=json -p '[{"op":"replace","path":"/spec/rules/0/backendRefs","value":[{"name":"tea","port":80,"weight":9},{"name":"coffee","port":80,"weight":1}]}]'
sleep 3
for i in $(seq 30); do sh ask.sh /tea; done | sort | uniq -c
