docker run --name workshop ubuntu bash -c 'echo "made by hand" > /note.txt'
docker diff workshop
