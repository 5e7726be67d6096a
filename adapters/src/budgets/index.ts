export {
  createBudgetLedger,
  type BudgetLedger,
  type BudgetRefusal,
  type CallNeeds,
  type CallPlace,
  type Reservation,
} from './budget-ledger.js';
