export * from './lab.js';
export { expandConfigurations } from './expand-configurations.js';
export { fewestLearntFrom, learnSearch } from './learn-search.js';
export { bestOf, compareScores, compareWithFirst, isProvedWorse, raceStep, type PairedScores } from './race.js';
