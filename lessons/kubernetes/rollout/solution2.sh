kubectl set image deployment kubia nodejs=luksa/kubia:v22
sleep 30
