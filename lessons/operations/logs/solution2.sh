echo /etc/clumsy/key > answer
