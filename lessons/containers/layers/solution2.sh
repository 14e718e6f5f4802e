cd
docker image inspect -f '{{len .RootFS.Layers}}' nginx > layers.txt
cat layers.txt
