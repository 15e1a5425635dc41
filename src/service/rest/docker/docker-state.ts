/** Docker's name for a state of podman's. */
export function dockerState(status: string): string {
  if (status === 'initialized' || status === 'configured') return 'created';
  if (status === 'stopped') return 'exited';
  return status === 'stopping' ? 'running' : status;
}
