kubectl apply -f bad.yaml
sed -i -e 's/enum: \[lemon, cheese\]/enum: [lemon, cheese, chocolate]/' -e 's/maximum: 24/maximum: 24\n                  default: 12/' cakes.yaml
kubectl apply -f cakes.yaml
sleep 2
printf 'apiVersion: bakery.test/v1\nkind: Cake\nmetadata: {name: plain}\nspec: {flavour: chocolate}\n' | kubectl apply -f -
