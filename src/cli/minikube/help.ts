/** minikube's own help: the list of what this sandbox's minikube knows. Shorter than the real one, whose drivers and mounts do not exist here. */
const sections: readonly [string, readonly [string, string][]][] = [
  [
    'Basic Commands',
    [
      ['start', 'Starts a local Kubernetes cluster'],
      ['status', 'Gets the status of a local Kubernetes cluster'],
      ['stop', 'Stops a running local Kubernetes cluster'],
      ['delete', 'Deletes a local Kubernetes cluster'],
      ['dashboard', 'Access the Kubernetes dashboard running within the minikube cluster'],
    ],
  ],
  [
    'Images Commands',
    [
      [
        'docker-env',
        "Provides instructions to point your terminal's docker-cli to the Docker Engine inside minikube. (Useful for building docker images directly inside minikube)",
      ],
      ['image', 'Manage images'],
    ],
  ],
  [
    'Configuration and Management Commands',
    [
      ['addons', 'Enable or disable a minikube addon'],
      ['config', 'Modify persistent configuration values'],
      ['profile', 'Get or list the current profiles (clusters)'],
      ['update-context', 'Update kubeconfig in case of an IP or port change'],
    ],
  ],
  [
    'Networking and Connectivity Commands',
    [
      ['service', 'Returns a URL to connect to a service'],
      ['tunnel', 'Connect to LoadBalancer services'],
    ],
  ],
  [
    'Advanced Commands',
    [
      ['ssh', 'Log into the minikube environment (for debugging)'],
      ['kubectl', 'Run a kubectl binary matching the cluster version'],
      ['node', 'Add, remove, or list additional nodes'],
      ['cp', 'Copy the specified file into minikube'],
    ],
  ],
  [
    'Troubleshooting Commands',
    [
      ['ssh-key', 'Retrieve the ssh identity key path of the specified node'],
      ['ip', 'Retrieves the IP address of the specified node'],
      ['logs', 'Returns logs to debug a local Kubernetes cluster'],
    ],
  ],
  ['Other Commands', [['version', 'Print the version of minikube']]],
]

export const known = new Set(sections.flatMap(([, commands]) => commands.map(([name]) => name)))

export function helpOf(name: string): string {
  const entry = sections.flatMap(([, commands]) => commands).find(([command]) => command === name)
  if (entry)
    return `${entry[1]}\n\nUsage:\n  minikube ${name} [flags] [options]\n\nUse "minikube options" for a list of global command-line options (applies to all commands).\n`
  const body = sections
    .map(([title, commands]) => `${title}:\n${commands.map(([command, text]) => `  ${command.padEnd(15)} ${text}\n`).join('')}\n`)
    .join('')
  return `minikube provisions and manages local Kubernetes clusters optimized for development workflows.\n\n${body}Use "minikube <command> --help" for more information about a given command.\n`
}
