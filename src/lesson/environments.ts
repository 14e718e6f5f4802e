/**
 * Which world an image id of Killercoda or Katacoda asks for. Theirs are virtual machines with something installed; an id that means nothing
 * here starts on Ubuntu, and the author is told.
 */

/** Ids that name a preset themselves. */
const known = /^(kubernetes|minikube|docker|ubuntu|debian|bash|nodejs|python|laptop$)/

/** Programs of these machines that the sandbox does not have. */
const foreign: Readonly<Record<string, string>> = {
  kotlin: 'Kotlin',
  golang: 'Go',
  openjdk: 'Java',
  java: 'Java',
  dotnet: '.NET',
  rust: 'Rust',
  terraform: 'Terraform',
}

export interface Environment {
  readonly preset: string
  readonly machines: number
  readonly problem?: string
}

export function environmentOf(imageid: string | undefined): Environment {
  if (imageid === undefined || imageid === '') return { preset: 'ubuntu', machines: 1 }
  if (/^katacontainers-minikube/.test(imageid)) return { preset: 'minikube:1.33', machines: 1 }
  if (known.test(imageid)) {
    const hasTwo = /^docker-swarm|^kubernetes(?!.*1node|-k3s)/.test(imageid)
    return { preset: imageid.startsWith('python') ? 'ubuntu' : imageid, machines: hasTwo ? 2 : 1 }
  }
  const what = foreign[imageid.replace(/[:-].*$/, '')]
  return {
    preset: 'ubuntu',
    machines: 1,
    problem: `backend.imageid: ${what ? `${what} is not simulated` : `nobody here knows "${imageid}"`}, the lesson starts on a machine like "ubuntu"`,
  }
}
