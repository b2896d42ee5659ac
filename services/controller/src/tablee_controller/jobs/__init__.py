"""Jobs (trainings, scorings, predictions of files): checks of requests, and queues that start and end the jobs."""
