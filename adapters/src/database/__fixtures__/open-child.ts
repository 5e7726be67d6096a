import { openDatabase } from '../open-database.js';
import { growing } from './growing-schema.js';

const [file = '', steps = '0'] = process.argv.slice(2);
openDatabase(file, Number(steps) === 0 ? {} : { migrations: growing.slice(0, Number(steps)) }).close();
console.log('opened');
