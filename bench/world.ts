/** What is measured, of us and of the peer alike. */
export interface World {
  /** Creates the Deployment `web` and waits until all replicas are ready. */
  deploy(replicas: number): Promise<void>
  /** Changes the image and waits until only new replicas are left. */
  update(): Promise<void>
  /** Creates the Service `web` and waits until it answers. */
  expose(): Promise<void>
  /** GET through the Service's node port, one after the other. */
  request(times: number): Promise<void>
  /** Deletes the Deployment and waits until its pods are gone. */
  remove(): Promise<void>
  stop(): Promise<void>
}
