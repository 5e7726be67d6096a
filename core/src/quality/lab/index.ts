export * from './lab.js';
export { expandConfigurations } from './expand-configurations.js';
export { learnSearch } from './learn-search.js';
export { bestOf, compareScores, compareWithFirst, isProvedWorse, raceStep } from './race.js';
