export * from './lab.js';
export { expandConfigurations } from './expand-configurations.js';
export { bestOf, isProvedWorse, raceStep } from './race.js';
