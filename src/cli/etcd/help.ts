/** What etcdctl says about itself: the commands that are here. */
const commands: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  etcdctl: [
    ['alarm list', 'Lists all alarms'],
    ['compaction', 'Compacts the event history in etcd'],
    ['defrag', 'Defragments the storage of the etcd members with given endpoints'],
    ['del', 'Removes the specified key or range of keys [key, range_end)'],
    ['endpoint health', 'Checks the healthiness of endpoints specified in `--endpoints` flag'],
    ['endpoint status', 'Prints out the status of endpoints specified in `--endpoints` flag'],
    ['get', 'Gets the key or a range of keys'],
    ['help', 'Help about any command'],
    ['member list', 'Lists all members in the cluster'],
    ['put', 'Puts the given key into the store'],
    ['snapshot restore', 'Restores an etcd member snapshot to an etcd directory'],
    ['snapshot save', 'Stores an etcd node backend snapshot to a given file'],
    ['snapshot status', '[deprecated] Gets backend snapshot status of a given file'],
    ['version', 'Prints the version of etcdctl'],
    ['watch', 'Watches events stream on keys or prefixes'],
  ],
  etcdutl: [
    ['help', 'Help about any command'],
    ['snapshot restore', 'Restores an etcd member snapshot to an etcd directory'],
    ['snapshot status', 'Gets backend snapshot status of a given file'],
    ['version', 'Prints the version of etcdutl'],
  ],
}

export function helpOf(name: string): string {
  const list = commands[name]
    .map(([command, text]) => `\t${command}\t${'\t'.repeat(Math.max(0, 2 - Math.floor(command.length / 8)))}${text}`)
    .join('\n')
  const about = name === 'etcdctl' ? 'A simple command line client for etcd3.' : 'An administrative command line tool for etcd3.'
  return `NAME:\n\t${name} - ${about}\n\nUSAGE:\n\t${name} [flags]\n\nVERSION:\n\t3.5.21\n\nAPI VERSION:\n\t3.5\n\n\nCOMMANDS:\n${list}\n\nOPTIONS:\n      --cacert=""\t\t\t\tverify certificates of TLS-enabled secure servers using this CA bundle\n      --cert=""\t\t\t\t\tidentify secure client using this TLS certificate file\n      --endpoints=[127.0.0.1:2379]\t\tgRPC endpoints\n  -h, --help[=false]\t\t\t\thelp for ${name}\n      --key=""\t\t\t\t\tidentify secure client using this TLS key file\n  -w, --write-out="simple"\t\t\tset the output format (fields, json, protobuf, simple, table)\n\n`
}
