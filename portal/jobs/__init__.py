"""Jobs 定时任务: what the timetable did and will do, whether the heart beats, and doing it by hand."""
