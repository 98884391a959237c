import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";
import { assert, check } from "../check";

export const GET = check(() => {
  dayjs.extend(utc);
  dayjs.extend(timezone);
  assert.equal(dayjs.utc("2024-02-28").add(2, "day").format("YYYY-MM-DD ddd"), "2024-03-01 Fri");
  assert.equal(dayjs.tz("2024-07-01 12:00", "America/New_York").utc().format(), "2024-07-01T16:00:00Z");
});
