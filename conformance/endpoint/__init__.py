"""The suites: the checks that judge exchanges, and the judge that turns outcomes into verdicts. No operation is
named here.
"""
