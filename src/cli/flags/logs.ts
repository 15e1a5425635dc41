import { flag } from '../flag.ts';

/** Which lines of a log are shown, and how. */
export const logFlags = {
  color: flag.bool({ summary: "Colour each container's lines" }),
  details: flag.bool({ hidden: true, summary: 'Accepted; without effect' }),
  follow: flag.bool({ short: 'f', summary: 'Go on with what is yet to come' }),
  names: flag.bool({ short: 'n', summary: 'Show names, not IDs' }),
  since: flag.string({ summary: 'From this time, or this long ago' }),
  tail: flag.int({ default: -1, summary: 'Only this many lines from the end' }),
  timestamps: flag.bool({ short: 't', summary: 'Show times' }),
  until: flag.string({ summary: 'Until this time, or this long ago' }),
};
