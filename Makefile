demo test check:
	python3 dev $@
.PHONY: demo test check
