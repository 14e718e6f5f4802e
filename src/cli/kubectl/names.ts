/** Names of annotations and labels that several commands look for. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
export const revisionAnnotation = 'deployment.kubernetes.io/revision'
export const changeCauseAnnotation = 'kubernetes.io/change-cause'
