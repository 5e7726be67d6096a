// Loaded before a process of Heddle (node --import): its wall clock stands as many milliseconds ahead as the file says that CLOCK_SHIFT
// names, also where the file changes while the process runs. The steady clock, timers and the clock of files stay as they are.
import { readFileSync } from 'node:fs';

const file = process.env.CLOCK_SHIFT;
const RealDate = Date;

const shift = () => {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
};

globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [RealDate.now() + shift()] : given));
  }
  static now() {
    return RealDate.now() + shift();
  }
};
