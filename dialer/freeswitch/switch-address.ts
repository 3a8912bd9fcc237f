/** Where the event socket of one FreeSWITCH listens. */
export interface SwitchAddress {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}
