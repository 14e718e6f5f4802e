kubectl patch crd cakes.bakery.test --type=json -p '[{"op":"add","path":"/spec/versions/0/additionalPrinterColumns","value":[{"name":"Flavour","type":"string","jsonPath":".spec.flavour"},{"name":"Slices","type":"integer","jsonPath":".spec.slices"}]}]'
sleep 2
kubectl get cakes
