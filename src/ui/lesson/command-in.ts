/** The command that a hint names: what stands between backticks, or the whole hint when it begins with a tool and is one command. */
export function commandIn(hint: string): string | undefined {
  const quoted = /`([^`\n]+)`/.exec(hint)?.[1]
  return (
    quoted ?? (/^(docker|kubectl|minikube|kubeadm|helm|curl|sudo|cat|echo|cd|ls) (?!.*(, (then|and)|\.$))/.test(hint) ? hint : undefined)
  )
}
